"""Open Referral's Human Services Data Specification (HSDS): services of other directories, in and out."""

from luotsi.connectors.hsds.reader import read

__all__ = ["read"]
