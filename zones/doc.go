// Package zones is the lake on disk, the ground everything else stands on: paths, the one-writer
// lock, drops as they were landed, versions that appear whole or not at all, their manifests, and
// the audit journal. It knows no SQL and no network.
//
// Three promises hold at every instant, also after a kill or a full disk:
//
//   - a file under landing/, raw/ or versions/ is complete, durable and never changes;
//   - LAKE/current names a version whose every file is on disk;
//   - whatever else lies about belongs to a process under run/, and is swept once that process is gone.
//
// They rest on one order of work: data, then manifest, then pointer, each fsynced together with the
// folder that names it before the next is begun.
package zones
