"""What a message is, where it belongs, who knows, and whether it was answered before. Pure: text and scores in, decisions out."""
