"""Language models behind the Drafter port. Off unless GUYUB_LLM_URL is set."""
