// Package export is where data leaves the lake: the forms a query's result can take, for people and
// for other programs.
package export
