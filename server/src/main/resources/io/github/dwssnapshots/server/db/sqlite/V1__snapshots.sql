-- name_key is the name in lower case: names that differ only in case are the same name. It is a column
-- and not lower(name), since databases differ in what lower() does to a letter.
CREATE TABLE snapshots (
  id          CHAR(36)     NOT NULL PRIMARY KEY,
  project_id  VARCHAR(64)  NOT NULL,
  cluster_id  VARCHAR(64)  NOT NULL,
  name        VARCHAR(64)  NOT NULL,
  name_key    VARCHAR(64)  NOT NULL,
  description VARCHAR(256) NOT NULL,
  started     BIGINT       NOT NULL, -- milliseconds since 1970-01-01T00:00:00Z
  UNIQUE (project_id, name_key)
);

PRAGMA user_version = 1; -- what Schema looks at
