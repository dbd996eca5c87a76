-- The columns are those of SQLite after its last migration; a test compares them. Texts are compared byte by
-- byte, whatever the database's language: names are ASCII, and a list is in the same order on either database.
CREATE TABLE snapshots (
  seq         BIGINT                   NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- the order of creation
  id          VARCHAR(36) COLLATE "C"  NOT NULL,
  project_id  VARCHAR(64) COLLATE "C"  NOT NULL,
  cluster_id  VARCHAR(64) COLLATE "C"  NOT NULL,
  name        VARCHAR(64) COLLATE "C"  NOT NULL,
  name_key    VARCHAR(64) COLLATE "C"  NOT NULL, -- the name in lower case
  description VARCHAR(256) COLLATE "C" NOT NULL,
  size_gb     DOUBLE PRECISION         NOT NULL,
  started     BIGINT                   NOT NULL, -- milliseconds since 1970-01-01T00:00:00Z, by the database's clock
  finished    BIGINT                   NOT NULL  -- likewise; until then it is CREATING
);

CREATE UNIQUE INDEX snapshots_id ON snapshots (id);

CREATE UNIQUE INDEX snapshots_name ON snapshots (project_id, name_key);

-- One for each order of a list. Those of SQLite do not name seq, which ends each of its indexes anyway.
CREATE INDEX snapshots_of_project ON snapshots (project_id, started, seq);

CREATE INDEX snapshots_of_cluster_by_started ON snapshots (project_id, cluster_id, started, seq);

CREATE INDEX snapshots_of_cluster_by_name ON snapshots (project_id, cluster_id, name_key);

CREATE INDEX snapshots_of_cluster_by_size ON snapshots (project_id, cluster_id, size_gb, started, seq);

-- How many there are: the sum over the slots. Each writer counts in a slot of its own, or all would wait for
-- each other's commits, and for a server that has stopped halfway.
CREATE TABLE cluster_counts (
  project_id VARCHAR(64) COLLATE "C" NOT NULL,
  cluster_id VARCHAR(64) COLLATE "C" NOT NULL,
  slot       INTEGER                 NOT NULL,
  snapshots  BIGINT                  NOT NULL,
  PRIMARY KEY (project_id, cluster_id, slot)
);
