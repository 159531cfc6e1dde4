"""The catalogue of business functions: what each one needs, and the check of a request's fields against it."""

from padkit_contract.catalogue.check import c3_fields, check_fields, check_values
from padkit_contract.catalogue.load import Catalogue, is_function, load_catalogue
from padkit_contract.catalogue.model import CoreService, DataClass, Entry, FieldSpec, FieldType, Input
from padkit_contract.catalogue.values import is_card_number

__all__ = [
    "Catalogue",
    "CoreService",
    "DataClass",
    "Entry",
    "FieldSpec",
    "FieldType",
    "Input",
    "c3_fields",
    "check_fields",
    "check_values",
    "is_card_number",
    "is_function",
    "load_catalogue",
]
