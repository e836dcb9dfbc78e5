module meshwright.dev/testbed/parts/pause

go 1.26.0
