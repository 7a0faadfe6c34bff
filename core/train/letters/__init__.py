"""Training a recogniser of letters from recordings with transcripts."""
