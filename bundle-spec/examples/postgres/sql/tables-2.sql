-- A later release's job `tables-2` applies this: a column that the release before neither needs nor minds.
ALTER TABLE books.entry ADD COLUMN IF NOT EXISTS note text NOT NULL DEFAULT '';
