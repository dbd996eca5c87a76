-- A description can be any text.
DO $$
BEGIN
  IF current_setting('server_encoding') <> 'UTF8' THEN
    RAISE EXCEPTION 'the encoding of the database is %, not UTF8', current_setting('server_encoding');
  END IF;
END
$$;

-- The same tables as on SQLite. COLLATE "C" compares bytes, whatever the database's language.
CREATE TABLE projects (
  number INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id     TEXT COLLATE "C" NOT NULL UNIQUE
);

CREATE TABLE clusters (
  number  INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id      TEXT COLLATE "C" NOT NULL,
  project INTEGER NOT NULL,
  UNIQUE (project, id)
);

CREATE TABLE snapshots (
  seq         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- the order of creation
  id          UUID NOT NULL UNIQUE,
  project     INTEGER NOT NULL,
  cluster     INTEGER NOT NULL,
  name        TEXT COLLATE "C" NOT NULL,
  description TEXT COLLATE "C" NOT NULL,
  size_gb     DOUBLE PRECISION NOT NULL,
  started     BIGINT NOT NULL, -- milliseconds since 1970, by this database's clock
  finished    BIGINT NOT NULL  -- likewise; until then the snapshot is CREATING
);

CREATE UNIQUE INDEX snapshots_name ON snapshots (project, lower(name));

CREATE INDEX snapshots_project ON snapshots (project, seq);

CREATE INDEX snapshots_cluster ON snapshots (cluster, seq);

-- The version of these tables. Every later script updates it.
CREATE TABLE snapshots_schema (version INTEGER NOT NULL);

INSERT INTO snapshots_schema VALUES (1);
