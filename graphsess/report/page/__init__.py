"""The case report: one HTML file that holds the case and fetches nothing.

`document.page` makes it. Python packs the case's records into columns (`columns`, `block`) and
inlines the scripts and styles of `assets/`; everything that is seen is drawn in the browser.
"""
