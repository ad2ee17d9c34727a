"""What people keep: the register of initiatives and bronpunten, and their scenarios."""

from planlib.store.exchange import (
    Exported,
    Imported,
    backup_register,
    export_register,
    import_register,
    restore_register,
)
from planlib.store.log import Action, Breach, Event, Fault, Head, Verification
from planlib.store.opening import REGISTER_FILE, URL_VARIABLE, open_register, register_stamp
from planlib.store.records import changed_fields
from planlib.store.register import Register
from planlib.store.rows import Stored
from planlib.store.scenario_files import SavedScenario, ScenarioFolder, parse_scenario, read_scenario, scenario_toml
from planlib.store.seed import SEED_FILE, read_seed
from planlib.store.themes import edited_catalogue
from planlib.store.writing import ConflictError, Writing

__all__ = [
    "REGISTER_FILE",
    "SEED_FILE",
    "URL_VARIABLE",
    "Action",
    "Breach",
    "ConflictError",
    "Event",
    "Exported",
    "Fault",
    "Head",
    "Imported",
    "Register",
    "SavedScenario",
    "ScenarioFolder",
    "Stored",
    "Verification",
    "Writing",
    "backup_register",
    "changed_fields",
    "edited_catalogue",
    "export_register",
    "import_register",
    "open_register",
    "parse_scenario",
    "read_scenario",
    "read_seed",
    "register_stamp",
    "restore_register",
    "scenario_toml",
]
