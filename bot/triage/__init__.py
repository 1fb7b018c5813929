"""What a message is, where it belongs, who knows, was it answered before. Pure: text and scores in, decisions out."""
