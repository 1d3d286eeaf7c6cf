"""Reports: build a document from the published mart, render it, deliver it. Three steps, three modules."""
