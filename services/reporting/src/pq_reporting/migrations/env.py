from pq_common.db.migrate import run

run()
