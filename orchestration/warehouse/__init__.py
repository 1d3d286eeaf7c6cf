"""The warehouse file and the published mart: connecting, the raw views, publishing."""
