"""The Finnish Service Catalogue (Palvelutietovaranto, PTV): answers of its open interface."""

from luotsi.connectors.ptv.reader import read

__all__ = ["read"]
