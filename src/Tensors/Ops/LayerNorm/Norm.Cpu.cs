namespace Vitrine.Tensors;

/// <content>What LayerNorm and RmsNorm share; RmsNorm is the one without a mean.</content>
public static unsafe partial class Ops
{
    private static void NormCpu(
        Tensor<float> x, Tensor<float>? weight, Tensor<float>? bias, float eps, Tensor<float> y,
        Tensor<float>? mean, Tensor<float> rstd)
    {
        if (rstd.Length == 0)
        {
            return;
        }

        Tensor<float>? weights = AsContiguous(weight);
        Tensor<float>? biases = AsContiguous(bias);
        var body = new NormForward
        {
            Rows = Rows.Along(x, x.Rank - 1),
            X = x.Pointer,
            Weight = weights is null ? null : weights.Pointer,
            Bias = biases is null ? null : biases.Pointer,
            Eps = eps,
            Y = y.Pointer,
            Mean = mean is null ? null : mean.Pointer,
            Rstd = rstd.Pointer,
            Pieces = new NormPieces(rstd.Length, x.Shape[-1]),
        };
        WidestVectors.For(body.Pieces.Count, body);
        ReleaseContiguous(weights, weight);
        ReleaseContiguous(biases, bias);
        x.KeepAlive();
        y.KeepAlive();
        mean?.KeepAlive();
        rstd.KeepAlive();
    }

    private static void NormBackwardCpu(
        Tensor<float> x, Tensor<float>? weight, Tensor<float>? mean, Tensor<float> rstd,
        Tensor<float> dY,
        Tensor<float>? dX, Tensor<float>? dWeight, Tensor<float>? dBias)
    {
        int dim = x.Shape[-1];
        if (rstd.Length > 0 && dim > 0)
        {
            Tensor<float>? weights = AsContiguous(weight);
            Tensor<float>? means = AsContiguous(mean);
            Tensor<float> scales = AsContiguous(rstd)!;
            var body = new NormBackward
            {
                RowsX = Rows.Along(x, x.Rank - 1),
                RowsDY = Rows.Along(dY, x.Rank - 1),
                RowsDX = dX is null ? default : Rows.Along(dX, x.Rank - 1),
                X = x.Pointer,
                DY = dY.Pointer,
                DX = dX is null ? null : dX.Pointer,
                Weight = weights is null ? null : weights.Pointer,
                Mean = means is null ? null : means.Pointer,
                Rstd = scales.Pointer,
                SumsWeight = dWeight is not null,
                SumsBias = dBias is not null,
                Pieces = new NormPieces(rstd.Length, dim),
            };
            nuint bytes = (nuint)(2L * body.Pieces.Count * dim * sizeof(double));
            body.Sums = (double*)Device.Processor.Pool.Rent(bytes);
            WidestVectors.For(body.Pieces.Count, body);
            AddNormSums(body.Sums, body.Pieces.Count, dim, dWeight);
            AddNormSums(body.Sums + dim, body.Pieces.Count, dim, dBias);
            Device.Processor.Pool.Return(body.Sums, bytes);
            ReleaseContiguous(weights, weight);
            ReleaseContiguous(means, mean);
            ReleaseContiguous(scales, rstd);
        }

        KeepWritten(dX);
        KeepWritten(dWeight);
        KeepWritten(dBias);
        x.KeepAlive();
        dY.KeepAlive();
    }

    /// <summary>Adds the pieces' sums, in order.</summary>
    private static void AddNormSums(double* sums, int pieces, int dim, Tensor<float>? into)
    {
        for (int d = 0; d < dim && into is not null; d++)
        {
            double sum = 0;
            for (int piece = 0; piece < pieces; piece++)
            {
                sum += sums[(2L * piece * dim) + d];
            }

            into.Pointer[d * into.Strides[0]] += (float)sum;
        }
    }

    private static Tensor<float>? AsContiguous(Tensor<float>? x) =>
        x is null or { IsContiguous: true } ? x : x.Contiguous();

    private static void ReleaseContiguous(Tensor<float>? used, Tensor<float>? original)
    {
        if (used is not null)
        {
            Destination.Release(used, original!);
        }
    }
}

/// <summary>How rows are cut into pieces, by their number and length alone.</summary>
internal readonly struct NormPieces
{
    private const int PieceElements = 16 * 1024;
    private const int MostPieces = 256;

    public NormPieces(long rows, int dim)
    {
        Rows = rows;
        RowsPerPiece = Math.Max(
            Math.Max(1, PieceElements / Math.Max(1, dim)), (rows + MostPieces - 1) / MostPieces);
        Count = (int)((rows + RowsPerPiece - 1) / RowsPerPiece);
    }

    public long Rows { get; }

    public long RowsPerPiece { get; }

    public int Count { get; }

    public long First(int piece) => piece * RowsPerPiece;

    public long End(int piece) => Math.Min(First(piece) + RowsPerPiece, Rows);
}
