"""How the tables are delivered: dated files, late and corrected ones, dirt."""
