select * from read_csv('{{ var("data") }}/patient.csv', header = true, all_varchar = true)
