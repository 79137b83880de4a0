# Needs nothing installed but Go, gcc and Node: npx --yes rust-just RECIPE

export PATH := justfile_directory() / ".tools" + ":" + env("PATH")

# list the recipes
default:
    @"{{just_executable()}}" --list --unsorted

# install what building, testing and linting need, where it is missing
setup:
    .ci/setup
    go mod download

# build ./bedrot
build:
    go build -o bedrot .

# every test, with coverage gate, JUnit report and skips counted; ARGS go to go test
test *ARGS:
    @.ci/setup gotestsum strace chromium playwright postgres
    @.ci/test {{ARGS}}

# go vet, gofumpt, golangci-lint
lint:
    @.ci/setup gofumpt golangci-lint
    @.ci/lint

# format all Go code
fmt:
    @.ci/setup gofumpt
    gofumpt -w . .ci/gate

# rewrite what the fixture cases want by what comes out; review the diff
golden:
    go run . test --update testdata

# measure a build, a night and a query at scale
bench:
    @.ci/setup postgres
    BEDROT_BENCH=1 go test ./export/postgres -run '^TestBench$' -count 1 -v -timeout 30m
    BEDROT_BENCH=1 go test . -run '^TestBench$' -count 1 -v -timeout 60m

# the full sweeps (short ones are among the tests): a run stopped at every change, queries beside promotions
crash:
    @.ci/setup strace postgres
    BEDROT_CRASH=full go test ./sql/query -run '^TestQueries|^TestReplacing' -count 1 -v -timeout 30m
    BEDROT_CRASH=full go test ./export/postgres -count 1 -v -timeout 60m
    BEDROT_CRASH=full go test ./sql/fixture ./sql/script -run '^TestCases$|^TestEmbedded' -count 1 -timeout 30m
    BEDROT_CRASH=full go test . -run '^TestCrash|InAnyOrder$|^TestReaders|^TestDemo$|^TestDemoLive$|^TestFilesOfAllKinds' -count 1 -v -timeout 90m

# what CI runs
ci:
    .ci/run

# run the nightly job on the lake named by BEDROT_LAKE
run *ARGS:
    go run . run {{ARGS}}

# make the first files of a source (script, declaration, case) out of one of its FILEs
new-source FILE NAME="":
    go run . profile --draft . {{ if NAME == "" { "" } else { "--source " + NAME } }} {{quote(FILE)}}
