"""Fuzzing with libFuzzer, by atheris: what nobody thought of writing."""
