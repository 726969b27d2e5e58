"""Makes `vectors/*.json`, the cases that Python and TypeScript must judge alike."""
