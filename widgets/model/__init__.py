"""The start page, the model's card, its questions and the contact sheet."""
