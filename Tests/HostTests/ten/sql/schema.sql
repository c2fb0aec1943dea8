-- Expands only: the release before goes on using what it knows.
CREATE TABLE entries (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, said text NOT NULL);
INSERT INTO entries (said) VALUES ('the ledger is open');
