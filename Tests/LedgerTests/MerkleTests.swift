import Bytes
import Ciphers
import Ledger
import TestKit
import Testing

/// Against the tree of eight leaves of the certificate-transparency project's tests, which RFC 6962's readers use.
struct MerkleTests {
  static let leaves = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
  ]
  static let roots = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ]

  static func hashes() throws -> [Digest] {
    try leaves.map { leaf in
      let bytes = try #require(Hex.decode(leaf))
      return MerkleTree.leaf(bytes.span)
    }
  }

  @Test func `has the published root at each size`() throws {
    var tree = Frontier()
    #expect(tree.root.description == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    for (leaf, root) in zip(try MerkleTests.hashes(), MerkleTests.roots) {
      tree.append(leaf)
      #expect(tree.root.description == root)
      #expect(Frontier(size: tree.size, roots: tree.roots) == tree)
      #expect(Frontier(size: tree.size + 1 << 40, roots: tree.roots) == nil)
    }
  }

  @Test(arguments: [
    (
      0, 8,
      [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
      ]
    ),
    (
      5, 8,
      [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      ]
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
      1, 5,
      [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      ]
    ),
  ])
  func `has the published inclusion proofs`(_ index: Int, _ size: Int, _ expected: [String]) throws {
    let leaves = try MerkleTests.hashes()
    let proof = MerkleProof.inclusion(of: UInt64(index), in: UInt64(size)).map { MerkleProof.root(of: leaves, $0) }
    #expect(proof.map(\.description) == expected)
  }

  @Test(arguments: [
    (
      1, 8,
      [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
      ]
    ),
    (
      6, 8,
      [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      ]
    ),
    (
      2, 5,
      [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      ]
    ),
  ])
  func `has the published consistency proofs`(_ old: Int, _ size: Int, _ expected: [String]) throws {
    let leaves = try MerkleTests.hashes()
    let proof = MerkleProof.consistency(from: UInt64(old), to: UInt64(size)).map { MerkleProof.root(of: leaves, $0) }
    #expect(proof.map(\.description) == expected)
  }

  @Test func `proves every leaf of every size to 65, and nothing else`() {
    let leaves = (0..<65).map { MerkleTree.leaf([UInt8($0)].span) }
    for size in 1...leaves.count {
      let root = MerkleProof.root(of: leaves[..<size])
      for index in 0..<size {
        let path = MerkleProof.inclusion(of: UInt64(index), in: UInt64(size))
        let proof = path.map { MerkleProof.root(of: leaves, $0) }
        func proves(_ leaf: Digest, _ proof: [Digest]) -> Bool {
          MerkleProof.proves(leaf, at: UInt64(index), inTreeOf: UInt64(size), root: root, by: proof)
        }
        #expect(proves(leaves[index], proof))
        #expect(!proves(MerkleTree.leaf([99].span), proof))
        #expect(!proves(leaves[index], proof + [root]))
        for place in proof.indices {
          var wrong = proof
          wrong[place] = MerkleTree.leaf([98].span)
          #expect(!proves(leaves[index], wrong))
        }
      }
    }
  }

  @Test func `proves every beginning of every size to 65, and nothing else`() {
    let leaves = (0..<65).map { MerkleTree.leaf([UInt8($0)].span) }
    for size in 1...leaves.count {
      let root = MerkleProof.root(of: leaves[..<size])
      for old in 1...size {
        let oldRoot = MerkleProof.root(of: leaves[..<old])
        let proof = MerkleProof.consistency(from: UInt64(old), to: UInt64(size)).map {
          MerkleProof.root(of: leaves, $0)
        }
        func proves(_ oldRoot: Digest, _ proof: [Digest]) -> Bool {
          MerkleProof.proves(UInt64(old), root: oldRoot, isBeginningOf: UInt64(size), root: root, by: proof)
        }
        #expect(proves(oldRoot, proof))
        #expect(!proves(MerkleTree.leaf([99].span), proof))
        for place in proof.indices {
          var wrong = proof
          wrong[place] = MerkleTree.leaf([98].span)
          #expect(!proves(oldRoot, wrong))
        }
      }
    }
  }
}

extension MerkleProof {
  static func root(of leaves: [Digest], _ range: Range<UInt64>) -> Digest {
    root(of: leaves[Int(range.lowerBound)..<Int(range.upperBound)])
  }
}
