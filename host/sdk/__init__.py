"""What knows the plugin SDK: its endpoint classes, its requests and responses, and what is replaced in it."""
