{{ automate_dv.sat(
    src_pk="contact_hk", src_hashdiff={"source_column": "plain_hashdiff", "alias": "hashdiff"},
    src_payload=["happened_at", "kind", "unit_code", "profession", "urgent"], src_eff="effective_from",
    src_ldts="load_datetime", src_source="record_source", source_model="stage_contacts"
) }}
