"""The commands: a frozen dataclass each, whose fields are the options; heavy things are imported when one runs."""
