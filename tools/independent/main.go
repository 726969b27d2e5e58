// Verifies an export of an audit log, or a file of vectors, with golang.org/x/mod/sumdb: code of
// the Go project that shares nothing with this repository.
//
//	verify FOLDER VKEY [OLD-CHECKPOINT-FILE]
//	verify -vectors FILE
//
// tlog.TileHashReader is not used: before x/mod 0.40 it trusts tiles that it has not authenticated
// (CVE-2026-56865). Here all hashes come from the entries, and the tiles are compared with them.
package main

import (
	"bytes"
		"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const samples = 40

func main() {
	report, err := run(os.Args[1:])
	if err != nil {
		fmt.Println("REJECTED:", err)
		os.Exit(1)
	}
	fmt.Println("ok:", report)
}

func run(args []string) (string, error) {
	switch {
	case len(args) == 2 && args[0] == "-vectors":
		return checkVectors(args[1])
	case len(args) == 2 || len(args) == 3:
		return verify(args[0], args[1], args[2:])
	}
	return "", fmt.Errorf("usage: verify FOLDER VKEY [OLD] | verify -vectors FILE")
}

// hashes holds the stored hashes of a tree in the order of tlog.StoredHashIndex.
type hashes []tlog.Hash

func (all hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(all)) {
			return nil, fmt.Errorf("hash %d is not there", index)
		}
		found[i] = all[index]
	}
	return found, nil
}

func verify(folder, vkey string, old []string) (string, error) {
	tree, origin, err := openCheckpoint(filepath.Join(folder, "checkpoint"), vkey)
	if err != nil {
		return "", err
	}
	if tree.N == 0 {
		return "", fmt.Errorf("the log is empty")
	}
	all, leaves, err := readEntries(folder, tree.N)
	if err != nil {
		return "", err
	}
	if root, err := tlog.TreeHash(tree.N, all); err != nil || root != tree.Hash {
		return "", fmt.Errorf("root of the entries is not the signed one (%v)", err)
	}
	tiles, err := compareTiles(folder, tree.N, all)
	if err != nil {
		return "", err
	}
	proved, err := checkInclusion(tree, all, leaves)
	if err != nil {
		return "", err
	}
	report := fmt.Sprintf("%s size %d root %s, %d tiles, %d inclusion proofs", origin, tree.N, tree.Hash, tiles, proved)
	early := filepath.Join(folder, "checkpoint.early")
	if _, err := os.Stat(early); err == nil {
		old = append(old, early)
	}
	for _, path := range old {
		size, err := checkExtends(path, vkey, tree, all)
		if err != nil {
			return "", fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
		report += fmt.Sprintf(", extends %s of size %d", filepath.Base(path), size)
	}
	return report, nil
}

// openCheckpoint checks the signature and reads the three lines.
func openCheckpoint(path, vkey string) (tlog.Tree, string, error) {
	var none tlog.Tree
	raw, err := os.ReadFile(path)
	if err != nil {
		return none, "", err
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return none, "", err
	}
	opened, err := note.Open(raw, note.VerifierList(verifier))
	if err != nil {
		return none, "", err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		return none, "", fmt.Errorf("not a checkpoint of %s in three lines", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || strconv.FormatInt(size, 10) != lines[1] || size < 0 {
		return none, "", fmt.Errorf("size %q", lines[1])
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, lines[0], err
}

// place spells the part of a path behind the level, as C2SP tlog-tiles has it.
func place(n int64, width int) string {
	name := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		name = fmt.Sprintf("x%03d/%s", n%1000, name)
	}
	if width < 256 {
		name += fmt.Sprintf(".p/%d", width)
	}
	return name
}

func readEntries(folder string, size int64) (hashes, [][]byte, error) {
	var all hashes
	var leaves [][]byte
	for n := int64(0); n*256 < size; n++ {
		width := int(min(256, size-n*256))
		name := "tile/entries/" + place(n, width)
		bundle, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return nil, nil, err
		}
		for range width {
			if len(bundle) < 2 || len(bundle)-2 < int(binary.BigEndian.Uint16(bundle)) {
				return nil, nil, fmt.Errorf("%s is too short", name)
			}
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			leaves = append(leaves, bundle[2:end])
			more, err := tlog.StoredHashes(int64(len(leaves)-1), bundle[2:end], all)
			if err != nil {
				return nil, nil, err
			}
			all, bundle = append(all, more...), bundle[end:]
		}
		if len(bundle) > 0 {
			return nil, nil, fmt.Errorf("%s is too long", name)
		}
	}
	return all, leaves, nil
}

func compareTiles(folder string, size int64, all hashes) (int, error) {
	tiles := tlog.NewTiles(8, 0, size)
	for _, tile := range tiles {
		name := fmt.Sprintf("tile/%d/%s", tile.L, place(tile.N, tile.W))
		stored, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return 0, err
		}
		computed, err := tlog.ReadTileData(tile, all)
		if err != nil || !bytes.Equal(stored, computed) {
			return 0, fmt.Errorf("%s differs from the entries (%v)", name, err)
		}
	}
	return len(tiles), nil
}

func checkInclusion(tree tlog.Tree, all hashes, leaves [][]byte) (int, error) {
	step := max(1, tree.N/samples)
	proved := 0
	for at := int64(0); at < tree.N; at += step {
		proof, err := tlog.ProveRecord(tree.N, at, all)
		if err != nil {
			return 0, err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, at, tlog.RecordHash(leaves[at])); err != nil {
			return 0, fmt.Errorf("leaf %d: %w", at, err)
		}
		proved++
	}
	return proved, nil
}

func checkExtends(path, vkey string, tree tlog.Tree, all hashes) (int64, error) {
	before, _, err := openCheckpoint(path, vkey)
	if err != nil {
		return 0, err
	}
	if before.N > tree.N {
		return 0, fmt.Errorf("size went back from %d to %d", before.N, tree.N)
	}
	if before.N == 0 {
		return 0, fmt.Errorf("an empty tree shows nothing")
	}
	proof, err := tlog.ProveTree(tree.N, before.N, all)
	if err != nil {
		return 0, err
	}
	return before.N, tlog.CheckTree(proof, tree.N, tree.Hash, before.N, before.Hash)
}

// A vector file holds cases of many operations; those of proofs concern this program.
type vector struct {
	ID     string `json:"id"`
	Op     string `json:"op"`
	Expect string `json:"expect"`
	In     struct {
		Index   int64    `json:"index"`
		Leaf    string   `json:"leaf"`
		OldSize int64    `json:"old_size"`
		OldRoot string   `json:"old_root"`
		Size    int64    `json:"size"`
		Root    string   `json:"root"`
		Path    []string `json:"path"`
	} `json:"in"`
}

func checkVectors(path string) (string, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	var file struct{ Cases []json.RawMessage }
	if err := json.Unmarshal(raw, &file); err != nil {
		return "", err
	}
	judges := map[string]func(vector) error{"log-inclusion": judgeInclusion, "log-consistency": judgeConsistency}
	count := map[string]int{}
	for _, raw := range file.Cases {
		var head struct{ Op string }
		if err := json.Unmarshal(raw, &head); err != nil {
			return "", err
		}
		judge, ours := judges[head.Op]
		if !ours {
			continue
		}
		var each vector
		if err := json.Unmarshal(raw, &each); err != nil {
			return "", err
		}
		if verdict := judge(each); (each.Expect == "accept") != (verdict == nil) {
			return "", fmt.Errorf("%s: expected %s, found %v", each.ID, each.Expect, verdict)
		}
		count[head.Op]++
	}
	if len(count) < len(judges) {
		return "", fmt.Errorf("no vectors")
	}
	return fmt.Sprintf("same verdicts on %d inclusion and %d consistency proofs", count["log-inclusion"], count["log-consistency"]), nil
}

func judgeInclusion(each vector) error {
	in := each.In
	path, err := parseAll(append(in.Path, in.Root, in.Leaf))
	if err != nil {
		return err
	}
	end := len(in.Path)
	return tlog.CheckRecord(path[:end], in.Size, path[end], in.Index, path[end+1])
}

func judgeConsistency(each vector) error {
	in := each.In
	path, err := parseAll(append(in.Path, in.Root, in.OldRoot))
	if err != nil {
		return err
	}
	end := len(in.Path)
	return tlog.CheckTree(path[:end], in.Size, path[end], in.OldSize, path[end+1])
}

func parseAll(texts []string) ([]tlog.Hash, error) {
	parsed := make([]tlog.Hash, len(texts))
	for i, text := range texts {
		raw, err := hex.DecodeString(text)
		if err != nil || len(raw) != len(parsed[i]) {
			return nil, fmt.Errorf("hash %q: %v", text, err)
		}
		copy(parsed[i][:], raw)
	}
	return parsed, nil
}
