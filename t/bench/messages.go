// SPDX-License-Identifier: BSD-2-Clause

// The ends of bench_messages in Go, with buffers of the size of guarded ports.
package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"time"
)

const line = "0123456789012345678901234567890\n"
const bufferSize = 192 << 10

func need(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "messages.go:", err)
		os.Exit(1)
	}
}

func send(out *bufio.Writer, frames bool, count int) {
	var prefix [4]byte
	for ; count > 0; count-- {
		if frames {
			binary.BigEndian.PutUint32(prefix[:], uint32(len(line)))
			_, err := out.Write(prefix[:])
			need(err)
		}
		_, err := out.WriteString(line)
		need(err)
	}
	need(out.Flush())
}

func receive(in *bufio.Reader, frames bool, count int) {
	var prefix [4]byte
	message := make([]byte, 0, 1024)
	for ; count > 0; count-- {
		if frames {
			_, err := io.ReadFull(in, prefix[:])
			need(err)
			message = message[:binary.BigEndian.Uint32(prefix[:])]
			_, err = io.ReadFull(in, message)
			need(err)
		} else {
			bytes, err := in.ReadSlice('\n')
			need(err)
			message = append(message[:0], bytes...)
		}
		if len(message) != len(line) {
			need(fmt.Errorf("a message has changed"))
		}
	}
}

func main() {
	socket, err := net.FileConn(os.NewFile(0, "socket"))
	need(err)
	frames := os.Args[1] == "frames"
	count, err := strconv.Atoi(os.Args[3])
	need(err)
	if os.Args[2] == "send" {
		send(bufio.NewWriterSize(socket, bufferSize), frames,
			count/16+count)
		return
	}
	in := bufio.NewReaderSize(socket, bufferSize)
	receive(in, frames, count/16)
	start := time.Now()
	receive(in, frames, count)
	fmt.Printf("%.0f\n", float64(count)/time.Since(start).Seconds())
}
