"""Everything durable: one store on two engines, SQLite and PostgreSQL. Start reading at `store.py`."""
