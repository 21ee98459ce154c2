{{ automate_dv.stage(
    source_model="raw_contacts",
    derived_columns={
        "record_source": "!bench",
        "load_datetime": "TIMESTAMP '" ~ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") ~ "'",
        "effective_from": "changed",
    },
    hashed_columns={
        "contact_hk": "contact_id",
        "person_hk": "person_id",
        "contact_person_hk": ["contact_id", "person_id"],
        "plain_hashdiff": {
            "is_hashdiff": true,
            "columns": ["happened_at", "kind", "unit_code", "profession", "urgent"],
        },
        "sensitive_hashdiff": {"is_hashdiff": true, "columns": ["code", "amount", "note"]},
    },
) }}
