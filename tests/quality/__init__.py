"""How good are the decisions? Labelled sets, the scripts that fit the numbers in bot/data, and the reports."""
