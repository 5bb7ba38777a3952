"""Dated artefacts of other tools: their files read into one shape."""
