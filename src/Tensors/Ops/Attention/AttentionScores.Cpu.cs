namespace Vitrine.Tensors;

public static unsafe partial class Ops
{
    /// <summary>Plain loops over contiguous scores: the explicit form is there to be
    /// read.</summary>
    private static void AddBiasAndHideCpu(AttentionProblem problem, Tensor<float> scores)
    {
        var body = new HideBody { Problem = problem, Scores = scores.Pointer };
        WorkerPool.For(problem.Batch * problem.Heads, ref body);
        scores.MarkWritten();
    }

    private static void HideGradientCpu(AttentionProblem problem, Tensor<float> dScores)
    {
        var body = new HideBody { Problem = problem, Scores = dScores.Pointer, IsGradient = true };
        WorkerPool.For(problem.Batch * problem.Heads, ref body);
        dScores.MarkWritten();
    }

    /// <summary>dRelativeBias[h, n] += Σ over b, i of dScores[b, h, i, j at distance n].</summary>
    private static void AddDiagonalsCpu(
        AttentionProblem problem, Tensor<float> dScores, Tensor<float> dRelativeBias)
    {
        problem.DRelativeBias = new AttentionOperand(dRelativeBias);
        var body = new DiagonalsBody { Problem = problem, DScores = dScores.Pointer };
        WorkerPool.For(problem.Heads, ref body);
    }

    private struct HideBody : IParallelBody
    {
        public AttentionProblem Problem;
        public float* Scores;
        public bool IsGradient;

        public void Run(int index)
        {
            (int batch, int head) = Math.DivRem(index, Problem.Heads);
            for (int i = 0; i < Problem.Queries; i++)
            {
                float* row = Scores + (((long)index * Problem.Queries) + i) * Problem.Keys;
                int seen = Math.Max(0, Problem.Seen(i));
                if (!IsGradient)
                {
                    Add(row, batch, head, i, seen);
                }

                float hidden = IsGradient ? 0 : float.NegativeInfinity;
                new Span<float>(row, Problem.FirstSeen(i)).Fill(hidden);
                new Span<float>(row + seen, Problem.Keys - seen).Fill(hidden);
            }
        }

        private void Add(float* row, int batch, int head, int i, int seen)
        {
            ref readonly AttentionOperand bias = ref Problem.RelativeBias;
            ref readonly AttentionOperand mask = ref Problem.Mask;
            for (int j = 0; j < seen && bias.IsGiven; j++)
            {
                row[j] += *bias.At(head, Problem.Distance(i, j));
            }

            float* hidden = mask.IsGiven ? mask.At(batch, head, i) : null;
            for (int j = 0; j < seen && mask.IsGiven; j++)
            {
                row[j] += hidden[j * mask.Fourth];
            }
        }
    }

    private struct DiagonalsBody : IParallelBody
    {
        public AttentionProblem Problem;
        public float* DScores;

        public void Run(int index)
        {
            nuint bytes = (nuint)Problem.Distances * sizeof(double);
            var sums = (double*)Device.Processor.Pool.Rent(bytes);
            new Span<double>(sums, Problem.Distances).Clear();
            for (int batch = 0; batch < Problem.Batch; batch++)
            {
                float* matrix = DScores
                    + (((long)batch * Problem.Heads) + index) * Problem.Queries * Problem.Keys;
                for (int i = 0; i < Problem.Queries; i++)
                {
                    for (int j = Problem.FirstSeen(i); j < Problem.Seen(i); j++)
                    {
                        sums[Problem.Distance(i, j)] += matrix[((long)i * Problem.Keys) + j];
                    }
                }
            }

            for (int n = 0; n < Problem.Distances; n++)
            {
                *Problem.DRelativeBias.At(index, n) += (float)sums[n];
            }

            Device.Processor.Pool.Return(sums, bytes);
        }
    }
}
