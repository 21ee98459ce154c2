SELECT
    contact_id, person_id, happened_at::TIMESTAMP AS happened_at, nullif(kind, '') AS kind,
    nullif(unit_code, '') AS unit_code, nullif(profession, '') AS profession, urgent::BOOLEAN AS urgent,
    nullif(code, '') AS code, amount::DECIMAL(18, 6) AS amount, nullif(note, '') AS note, changed::TIMESTAMP AS changed
FROM read_parquet('{{ env_var("BENCH_EXTRACT") }}')
