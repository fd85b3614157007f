extension SensitiveTerms {
  /// Words of genes, genetic tests and hereditary conditions.
  static let genomics = SensitiveTerms(
    words: """
      GDIS
      GINA
      genetic test
      genetic testing
      genetic counseling
      genetic counselling
      genetic counselor
      genetic result
      genetic variant
      genetic mutation
      genetic predisposition
      genetic disorder
      genetic disease
      genetic screening
      genetic carrier
      genomic
      genomics
      genome sequencing
      exome sequencing
      whole exome
      whole genome
      next generation sequencing
      gene panel
      germline
      germline mutation
      pathogenic variant
      likely pathogenic
      variant of uncertain significance
      VUS
      polygenic risk
      polygenic score
      pharmacogenomic
      pharmacogenetic
      karyotype
      chromosomal microarray
      chromosome analysis
      carrier screening
      carrier status
      carrier of
      heterozygous
      homozygous
      hemizygous
      compound heterozygote
      allele
      genotype
      haplotype
      single nucleotide polymorphism
      copy number variant
      trinucleotide repeat
      CAG repeat
      brca
      brca1
      brca2
      palb2
      chek2
      lynch syndrome
      MLH1
      MSH2
      MSH6
      PMS2
      EPCAM
      TP53
      li fraumeni
      familial adenomatous polyposis
      CDH1
      apoe
      apoe4
      CFTR
      HTT gene
      huntington disease
      huntington chorea
      cystic fibrosis carrier
      sickle cell trait
      tay sachs
      fragile x
      FMR1
      duchenne
      spinal muscular atrophy
      SMN1
      factor v leiden
      prothrombin gene
      MTHFR
      HFE gene
      hereditary hemochromatosis
      hereditary breast
      hereditary cancer
      hereditary angioedema
      CYP2C19
      CYP2D6
      HLA B27
      HLA typing
      trisomy
      trisomy 21
      down syndrome
      turner syndrome
      klinefelter
      22q11
      cell free dna
      23andme
      ancestry dna
      dna test
      newborn screening positive
      """,
    codes: "Q90 Q91 Q92 Q93 Q95 Q96 Q97 Q98 Q99 Z137 Z14 Z15 Z3143 Z3144 Z315 Z8481")
}
