using System.Runtime.Intrinsics;
using Vitrine.Tensors;

namespace Vitrine.Interp.Embeddings;

/// <summary>The gradient of t-SNE's divergence at a layout.</summary>
/// <remarks>
/// <c>Q_ij = w_ij / Z, w_ij = (1 + ‖y_i − y_j‖²)⁻¹, Z = Σ_{i≠j} w_ij</c>;
/// <c>KL = Σ P ln(P / Q) = Σ P ln P + Σ P ln(1 + ‖y_i − y_j‖²) + ln Z</c>;
/// <c>∂KL/∂y_i = 4 Σ_j (P_ij − Q_ij) w_ij (y_i − y_j)</c>. The sum over Q is Barnes and Hut's
/// approximation; θ = 0 makes it exact. Points are shared out in fixed pieces whose sums are added
/// in order: the same bits for any number of threads.
/// </remarks>
internal sealed class TSneGradient
{
    private const int GroupsPerPiece = 32;
    private const int PointsPerPiece = 128;
    private readonly TSneAffinities _affinities;
    private readonly QuadTree _tree;
    private readonly double[] _repelX;
    private readonly double[] _repelY;
    private readonly double[] _partial;
    private readonly double _negativeEntropy;

    public TSneGradient(TSneAffinities affinities)
    {
        _affinities = affinities;
        int n = affinities.Count;
        _tree = new QuadTree(n);
        _repelX = new double[n];
        _repelY = new double[n];
        _partial = new double[Math.Max(
            Pieces(_tree.Groups, GroupsPerPiece), Pieces(n, PointsPerPiece))];
        foreach (double p in affinities.Values)
        {
            _negativeEntropy += p > 0 ? p * Math.Log(p) : 0;
        }
    }

    /// <summary>Writes the gradient with P multiplied by <paramref name="exaggeration"/>; returns
    /// ln Z.</summary>
    public double Compute(
        double[] x, double[] y, double theta, double exaggeration, double[] gradientX,
        double[] gradientY)
    {
        double normaliser = Repel(x, y, theta);
        WorkerPool.For(Pieces(x.Length, PointsPerPiece), piece =>
        {
            for (int i =
                piece * PointsPerPiece; i < Math.Min(x.Length, (piece + 1) * PointsPerPiece); i++)
            {
                (double attractX, double attractY) = Attract(i, x, y);
                gradientX[i] = 4 * ((exaggeration * attractX) - (_repelX[i] / normaliser));
                gradientY[i] = 4 * ((exaggeration * attractY) - (_repelY[i] / normaliser));
            }
        });
        return Math.Log(normaliser);
    }

    /// <summary>The divergence at a layout whose ln Z is known, in nats.</summary>
    public double Divergence(double[] x, double[] y, double logNormaliser)
    {
        int pieces = Pieces(x.Length, PointsPerPiece);
        WorkerPool.For(pieces, piece =>
        {
            double sum = 0;
            for (int i =
                piece * PointsPerPiece; i < Math.Min(x.Length, (piece + 1) * PointsPerPiece); i++)
            {
                for (int cell = _affinities.Offsets[i]; cell < _affinities.Offsets[i + 1]; cell++)
                {
                    int j = _affinities.Partners[cell];
                    double dX = x[i] - x[j];
                    double dY = y[i] - y[j];
                    sum += _affinities.Values[cell] * Math.Log(1 + (dX * dX) + (dY * dY));
                }
            }

            _partial[piece] = sum;
        });
        return _negativeEntropy + Sum(pieces) + logNormaliser;
    }

    private double Repel(double[] x, double[] y, double theta)
    {
        _tree.Build(x, y);
        int pieces = Pieces(_tree.Groups, GroupsPerPiece);
        WorkerPool.For(pieces, piece =>
        {
            double sum = 0;
            Span<double> forceX = stackalloc double[QuadTree.Lanes];
            Span<double> forceY = stackalloc double[QuadTree.Lanes];
            ReadOnlySpan<int> order = _tree.Order;
            for (int group = piece * GroupsPerPiece;
                 group < Math.Min(_tree.Groups, (piece + 1) * GroupsPerPiece);
                 group++)
            {
                sum += _tree.Repel(group, theta, forceX, forceY);
                int start = group * QuadTree.Lanes;
                for (int lane = 0; lane < QuadTree.Lanes && start + lane < order.Length; lane++)
                {
                    _repelX[order[start + lane]] = forceX[lane];
                    _repelY[order[start + lane]] = forceY[lane];
                }
            }

            _partial[piece] = sum;
        });
        return Sum(pieces);
    }

    // Σ_j P_ij w_ij (y_i − y_j), four cells at a time.
    private (double X, double Y) Attract(int i, double[] x, double[] y)
    {
        ReadOnlySpan<int> partners =
            _affinities.Partners.AsSpan(_affinities.Offsets[i].._affinities.Offsets[i + 1]);
        ReadOnlySpan<double> values =
            _affinities.Values.AsSpan(_affinities.Offsets[i], partners.Length);
        Vector256<double> one = Vector256.Create(1.0);
        Vector256<double> atX = Vector256.Create(x[i]);
        Vector256<double> atY = Vector256.Create(y[i]);
        Vector256<double> sumX = Vector256<double>.Zero;
        Vector256<double> sumY = Vector256<double>.Zero;
        int cell = 0;
        for (; cell + 4 <= partners.Length; cell += 4)
        {
            (int a, int b, int c, int d) =
                (partners[cell], partners[cell + 1], partners[cell + 2], partners[cell + 3]);
            Vector256<double> dX = atX - Vector256.Create(x[a], x[b], x[c], x[d]);
            Vector256<double> dY = atY - Vector256.Create(y[a], y[b], y[c], y[d]);
            Vector256<double> weight = Vector256.Create<double>(values.Slice(cell, 4))
                / (one + ((dX * dX) + (dY * dY)));
            sumX += weight * dX;
            sumY += weight * dY;
        }

        double attractX = (sumX[0] + sumX[1]) + (sumX[2] + sumX[3]);
        double attractY = (sumY[0] + sumY[1]) + (sumY[2] + sumY[3]);
        for (; cell < partners.Length; cell++)
        {
            double dX = x[i] - x[partners[cell]];
            double dY = y[i] - y[partners[cell]];
            double weight = values[cell] / (1 + ((dX * dX) + (dY * dY)));
            attractX += weight * dX;
            attractY += weight * dY;
        }

        return (attractX, attractY);
    }

    private double Sum(int pieces)
    {
        double sum = 0;
        for (int piece = 0; piece < pieces; piece++)
        {
            sum += _partial[piece];
        }

        return sum;
    }

    private static int Pieces(int count, int each) => (count + each - 1) / each;
}
