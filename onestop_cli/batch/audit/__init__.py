"""The joint inspection: a draw, summary tables, papers that come back."""
