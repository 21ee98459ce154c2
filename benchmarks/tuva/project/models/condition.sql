select * from read_csv('{{ var("data") }}/condition.csv', header = true, all_varchar = true)
