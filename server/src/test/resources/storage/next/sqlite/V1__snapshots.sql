-- Projects and clusters are numbers in the table of snapshots: a third less to store, and less to compare.
CREATE TABLE projects (
  number INTEGER PRIMARY KEY,
  id     TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE clusters (
  number  INTEGER PRIMARY KEY,
  id      TEXT NOT NULL,
  project INTEGER NOT NULL,
  UNIQUE (project, id)
) STRICT;

CREATE TABLE snapshots (
  seq         INTEGER PRIMARY KEY, -- the order of creation; as the rowid it is the end of each index
  id          BLOB NOT NULL UNIQUE, -- the 16 bytes of a UUID in the order of time
  project     INTEGER NOT NULL,
  cluster     INTEGER NOT NULL,
  name        TEXT NOT NULL COLLATE NOCASE,
  description TEXT NOT NULL,
  size_gb     REAL NOT NULL,
  started     INTEGER NOT NULL, -- milliseconds since 1970, by this database's clock
  finished    INTEGER NOT NULL  -- likewise; until then the snapshot is CREATING
) STRICT;

CREATE UNIQUE INDEX snapshots_name ON snapshots (project, name);

CREATE INDEX snapshots_project ON snapshots (project);

CREATE INDEX snapshots_cluster ON snapshots (cluster);

-- The version of these tables. Every later script updates it.
CREATE TABLE snapshots_schema (version INTEGER NOT NULL) STRICT;

INSERT INTO snapshots_schema VALUES (1);
