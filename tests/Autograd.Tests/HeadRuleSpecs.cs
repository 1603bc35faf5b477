using Vitrine.Tensors;

namespace Vitrine.Autograd.Tests;

/// <summary>The stream read and written by all heads, with the formula in float64.</summary>
internal static class HeadRuleSpecs
{
    private const int Heads = 3;
    private const int DModel = 5;
    private const int DHead = 2;

    public static IEnumerable<RuleSpec> All =>
    [
        To("contiguous weight", [2, 4, DModel], [Heads, DModel, DHead], bias: false, (_, w) => w),
        To("weight stored for one product", [2, 4, DModel], [DModel, Heads, DHead], bias: true,
            (t, w) => t.Transpose(w, 0, 1)),
        From("one batch", [2, 4, Heads, DHead], bias: false),
        From("a row alone, with bias", [Heads, DHead], bias: true),
        Bias(),
    ];

    private static RuleSpec Bias()
    {
        int[] buckets = [0, 1, 1, 3, 0];
        return new RuleSpec
        {
            Op = "RelativeBias",
            Case = "shared buckets",
            Inputs = [[4, Heads]],
            Run = (t, v) => t.RelativeBias(v[0], Tensor.From<int>(buckets)),
            Reference = v => new Array64(
                [Heads, buckets.Length],
                [.. Enumerable.Range(0, Heads * buckets.Length).Select(i => v[0].Values[
                    (buckets[i % buckets.Length] * Heads) + (i / buckets.Length)])]),
        };
    }

    private static RuleSpec To(
        string name, Shape x, Shape weight, bool bias, Func<Tape, Var, Var> view) => new()
    {
        Op = "ProjectToHeads",
        Case = name,
        Inputs = bias ? [x, weight, [Heads, DHead]] : [x, weight],
        Run = (t, v) => t.ProjectToHeads(v[0], view(t, v[1]), bias ? v[2] : null),
        Reference = v =>
        {
            Array64 w = weight[0] == Heads ? v[1] : v[1].Transpose(0, 1);
            int rows = v[0].Values.Length / DModel;
            var y = new double[rows * Heads * DHead];
            for (int i = 0; i < y.Length; i++)
            {
                (int row, int head, int d) = (i / (Heads * DHead), i / DHead % Heads, i % DHead);
                y[i] = bias ? v[2].Values[(head * DHead) + d] : 0;
                for (int m = 0; m < DModel; m++)
                {
                    y[i] += v[0].Values[(row * DModel) + m]
                        * w.Values[(((head * DModel) + m) * DHead) + d];
                }
            }

            return new Array64([2, 4, Heads, DHead], y);
        },
    };

    private static RuleSpec From(string name, Shape z, bool bias) => new()
    {
        Op = "ProjectFromHeads",
        Case = name,
        Inputs = bias ? [z, [Heads, DHead, DModel], [DModel]] : [z, [Heads, DHead, DModel]],
        Run = (t, v) => t.ProjectFromHeads(v[0], v[1], bias ? v[2] : null),
        Reference = v =>
        {
            int read = Heads * DHead;
            var y = new double[v[0].Values.Length / read * DModel];
            for (int i = 0; i < y.Length; i++)
            {
                (int row, int m) = (i / DModel, i % DModel);
                y[i] = bias ? v[2].Values[m] : 0;
                for (int j = 0; j < read; j++)
                {
                    y[i] += v[0].Values[(row * read) + j] * v[1].Values[(j * DModel) + m];
                }
            }

            return new Array64(z.Rank == 2 ? [DModel] : [2, 4, DModel], y);
        },
    };
}
