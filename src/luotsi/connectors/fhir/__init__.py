"""FHIR R4: bulk NDJSON and bundles, read by FHIRPath-like paths. What becomes of the columns is county content."""

from luotsi.connectors.fhir.reader import read

__all__ = ["read"]
