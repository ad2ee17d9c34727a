"""What people keep: the register of initiatives and bronpunten, and their scenarios."""

from planlib.store.scenario_files import SavedScenario, ScenarioFolder, parse_scenario, read_scenario, scenario_toml
from planlib.store.seed import SEED_FILE, read_seed

__all__ = [
    "SEED_FILE",
    "SavedScenario",
    "ScenarioFolder",
    "parse_scenario",
    "read_scenario",
    "read_seed",
    "scenario_toml",
]
