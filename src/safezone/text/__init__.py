"""The one text cleaner, sentence spans and identity neutraliser, for training and serving."""
