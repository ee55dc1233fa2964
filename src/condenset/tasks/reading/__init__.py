"""Files of any kind of data: CSV, Parquet, NPZ, tables, shards, downloads."""
