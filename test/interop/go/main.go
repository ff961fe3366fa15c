// Runs a job (see ../job.ts) with a Damo artifact in wazero: host JOB.json
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

type job struct {
	Module string
	Abi    uint64
	Calls  []struct {
		Function string
		Sizes    []uint64
		Inputs   []string
		Outputs  []struct {
			Path            string
			Rank, ItemBytes uint32
		}
	}
	State []struct {
		Path  string
		Bytes uint32
	}
}

var artifact api.Module

func call(name string, arguments ...uint64) uint32 {
	results, err := artifact.ExportedFunction(name).Call(context.Background(), arguments...)
	must(err)
	return uint32(results[0])
}

func check(name string, arguments ...uint64) {
	if code := call(name, arguments...); code != 0 {
		log.Fatalf("%s failed with error %d", name, code)
	}
}

func save(path string, address, length uint32) {
	bytes, ok := artifact.Memory().Read(address, length)
	if !ok {
		log.Fatalf("%s: outside the memory", path)
	}
	must(os.WriteFile(path, bytes, 0o644))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	var j job
	text, err := os.ReadFile(os.Args[1])
	must(err)
	must(json.Unmarshal(text, &j))
	binary, err := os.ReadFile(j.Module)
	must(err)
	ctx := context.Background()
	artifact, err = wazero.NewRuntime(ctx).Instantiate(ctx, binary)
	must(err)

	if uint64(call("damo_abi")) != j.Abi {
		log.Fatal("another version of the ABI")
	}
	for _, c := range j.Calls {
		check(c.Function+"_prepare", c.Sizes...)
		for i, path := range c.Inputs {
			bytes, err := os.ReadFile(path)
			must(err)
			if !artifact.Memory().Write(call(c.Function+"_input", uint64(i)), bytes) {
				log.Fatalf("%s: outside the memory", path)
			}
		}
		check(c.Function + "_run")
		for i, output := range c.Outputs {
			length := output.ItemBytes
			for axis := range output.Rank {
				length *= call(c.Function+"_output_dim", uint64(i), uint64(axis))
			}
			save(output.Path, call(c.Function+"_output", uint64(i)), length)
		}
	}
	for i, s := range j.State {
		save(s.Path, call("state", uint64(i)), s.Bytes)
	}
}
