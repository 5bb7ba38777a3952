"""Windows event logs since Vista (.evtx): chunks, the decoder, and salvage of what it gives up.

Format: https://github.com/libyal/libevtx/blob/main/documentation/
"""
