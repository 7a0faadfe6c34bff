"""Files written whole or not at all: tables, arrays, sounds."""
