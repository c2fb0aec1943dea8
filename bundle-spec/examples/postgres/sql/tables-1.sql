CREATE SCHEMA IF NOT EXISTS books;
CREATE TABLE IF NOT EXISTS books.entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    amount numeric(14, 2) NOT NULL
);
