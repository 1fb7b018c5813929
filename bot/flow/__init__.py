"""What several features share: how a question is asked, placed, shown and settled. Features import this, not each other."""
