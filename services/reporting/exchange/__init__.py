"""Exchange: the forms in which figures leave to others, UNICEF first (SDMX-CSV 1.0).

Pure: cells in, bytes out. Not here: bundles between deployments (federation), counting (indicators).
"""
