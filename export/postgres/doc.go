// Package postgres publishes the lake's curated tables into PostgreSQL, as the last step of the flow: one
// release a night, in which all tables change in one transaction or none does.
//
// An attempt takes an advisory lock, compares the version's manifests with what was last released, streams
// the changed partitions into temporary tables, and then applies, in one transaction, the difference by
// key to every table, with a row in bedrot.releases. Temporary tables end with their connection, so a
// killed export leaves nothing behind. Whether a COMMIT whose answer was lost arrived is looked up by the
// release's id, once the lock proves that the lost connection's session is over.
package postgres
